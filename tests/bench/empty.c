/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a program costs: what others are measured above. */
int
main(void)
{
	return 0;
}
